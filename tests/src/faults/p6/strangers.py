"""The first process of a small world of numbers: strangers come and go in it, and each has to end as it wants to.

It says of its strangers in a file: how many there were, how often their numbers began anew, how many had the number of a
service's process that had ended (the numbers that a second file names), and how many were ended by another."""
import json, os, random, sys, time

told, ended = sys.argv[1], sys.argv[2]
MOST = 60
alive, counts, last = {}, dict(strangers=0, wraps=0, reused=0, signalled=0), 0
numbers, read = set(), 0.0
while True:
    while len(alive) < MOST:
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            time.sleep(random.random() * 0.05)
            os._exit(7)
        counts["strangers"] += 1
        counts["wraps"] += child < last
        counts["reused"] += child in numbers
        last = child
        alive[child] = True
    pid, status = os.waitpid(-1, 0)
    if alive.pop(pid, False) and status != 7 << 8:
        counts["signalled"] += 1
    if time.time() - read > 0.05:
        read = time.time()
        try:
            numbers = set(int(word) for word in open(ended).read().split())
        except FileNotFoundError:
            pass
        with open(told + ".new", "w") as file:
            json.dump(counts, file)
        os.replace(told + ".new", told)
