import { mount } from "svelte";
import App from "./app/App.svelte";
import { openBackend } from "./api/open";
import { setBackend } from "./api/current";
import "./styles/tokens.css";
import "./styles/base.css";

const target = document.getElementById("app");
if (target) {
  setBackend(await openBackend());
  mount(App, { target });
}
