"""Turns a built tree into an artefact: plain stripped files and artefact.json.

artefact.json: {name, version, source, digest, files: [{path, size, sha256, executable}]}.
`digest` is SHA-256 over one line "<sha256>  <x|->  <path>\n" per file, sorted by path;
crates/runtime computes the same when it installs the tree.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

root, name, version, source = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
files_dir = root / "files"

# A shared library exists under three names (libx.so, libx.so.0, libx.so.0.1.2); programs ask
# for the SONAME only. Keep that one as a file and drop the rest.
for link in sorted(p for p in files_dir.rglob("*") if p.is_symlink()):
    target = link.resolve()
    soname = ""
    if ".so" in link.name:
        dynamic = subprocess.run(["readelf", "-d", str(target)], capture_output=True, text=True, check=True).stdout
        soname = dynamic.split("Library soname: [")[1].split("]")[0] if "soname: [" in dynamic else ""
    link.unlink()
    if link.name == soname:
        shutil.copy2(target, link)
for path in sorted(files_dir.rglob("*")):
    if path.is_file() and ".so." in path.name:
        dynamic = subprocess.run(["readelf", "-d", str(path)], capture_output=True, text=True, check=True).stdout
        if "soname: [" in dynamic and f"soname: [{path.name}]" not in dynamic:
            path.unlink()

entries = []
for path in sorted(files_dir.rglob("*")):
    if not path.is_file():
        continue
    if path.read_bytes()[:4] == b"\x7fELF":
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
    executable = path.suffix == "" and path.read_bytes()[:4] == b"\x7fELF"
    path.chmod(0o755 if executable else 0o644)
    entries.append({
        "path": path.relative_to(files_dir).as_posix(),
        "size": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "executable": executable,
    })
entries.sort(key=lambda e: e["path"])
lines = "".join(f"{e['sha256']}  {'x' if e['executable'] else '-'}  {e['path']}\n" for e in entries)
document = {
    "name": name,
    "version": version,
    "source": source,
    "digest": "sha256:" + hashlib.sha256(lines.encode()).hexdigest(),
    "files": entries,
}
(root / "artefact.json").write_text(json.dumps(document, indent=1) + "\n")
