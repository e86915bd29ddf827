/** Paths on a 20 × 20 grid, drawn as strokes. */
export const ICONS = {
  home: "M3 9.5 10 4l7 5.5M5 8.5V16h10V8.5",
  chat: "M4 4.5h12v8.5H9l-3.5 3v-3H4z",
  models: "M10 3l6.5 3.5v7L10 17l-6.5-3.5v-7zM3.5 6.5 10 10l6.5-3.5M10 10v7",
  modules: "M3.5 3.5h5.5v5.5H3.5zM11 3.5h5.5v5.5H11zM3.5 11h5.5v5.5H3.5zM11 11h5.5v5.5H11z",
  services: "M2.5 10h3.5l2-5.5 4 11 2-5.5h3.5",
  history: "M4 10a6 6 0 1 0 2-4.5L4 7.5M4 4v3.5h3.5M10 6.5V10l2.5 1.5",
  machine: "M5.5 5.5h9v9h-9zM8 8h4v4H8zM8 3v2.5M12 3v2.5M8 14.5V17M12 14.5V17M3 8h2.5M3 12h2.5M14.5 8H17M14.5 12H17",
  settings: "M3 6h7M14 6h3M3 14h3M10 14h7M12 4v4M8 12v4",
  check: "M4 10.5l4 4 8-9",
  close: "M5 5l10 10M15 5 5 15",
  alert: "M10 3.5 17.5 16.5h-15zM10 8.5v3.5M10 14.2v.2",
  info: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 9v4.5M10 6.5v.2",
  copy: "M7.5 7.5h8.5v8.5H7.5zM12.5 7.5V4H4v8.5h3.5",
  store: "M10 3v9M6.5 8.5 10 12l3.5-3.5M4 16h12",
  remove: "M4 6h12M8 6V4h4v2M6 6l.7 10.5h6.6L14 6",
  verify: "M10 3l6 2.5v4.5c0 3.5-2.5 6-6 7-3.5-1-6-3.5-6-7V5.5zM7.5 10l2 2 3.5-4",
  start: "M6.5 4.5 15.5 10l-9 5.5z",
  stop: "M5.5 5.5h9v9h-9z",
  undo: "M4 8h8a4 4 0 0 1 0 8H7M7 5 4 8l3 3",
  globe: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M3 10h14M10 3c2.5 2 2.5 12 0 14M10 3c-2.5 2-2.5 12 0 14",
  theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
  send: "M3.5 10 16.5 4 12 16.5 9.5 11z",
  plus: "M10 4v12M4 10h12",
  cpu: "M5.5 5.5h9v9h-9zM8 3v2.5M12 3v2.5M8 14.5V17M12 14.5V17M3 8h2.5M3 12h2.5M14.5 8H17M14.5 12H17",
  memory: "M2.5 6h15v7h-15zM5.5 8.5v2M8.5 8.5v2M11.5 8.5v2M14.5 8.5v2M5 13v2M8.3 13v2M11.7 13v2M15 13v2",
  gpu: "M2.5 5.5h15v8h-15zM7 9.5m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M12 8h3M12 11h3M5 13.5V16M9 13.5V16",
  disk: "M4 5c0-1 2.7-2 6-2s6 1 6 2-2.7 2-6 2-6-1-6-2zM4 5v10c0 1 2.7 2 6 2s6-1 6-2V5M4 10c0 1 2.7 2 6 2s6-1 6-2",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof ICONS;
