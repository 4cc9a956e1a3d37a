"""A button that moves the slider of a chart by itself, from its position to its end."""

from __future__ import annotations

import streamlit as st

_HTML = '<button type="button" aria-pressed="false">▶ Play</button>'
_CSS = """
button { font: inherit; color: var(--st-text-color); background: transparent; cursor: pointer;
  border: 1px solid var(--st-border-color, currentColor); border-radius: 8px;
  padding: 4px 14px; min-width: 104px; }
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
"""
# The slider is the chart's own: moving it is what a hand does. It starts and ends each step slowly,
# so that every version is seen; who prefers reduced motion gets one version after another.
_JS = """
export default function ({ parentElement, data }) {
  const button = parentElement.querySelector("button");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = null;
  const slider = () => document.querySelector(`.st-key-${data.place} .vega-bind input`);
  const show = (playing) => {
    button.textContent = playing ? "❚❚ Pause" : "▶ Play";
    button.setAttribute("aria-pressed", String(playing));
  };
  const stop = () => { clearTimeout(timer); timer = null; show(false); };
  const put = (input, value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  button.onclick = () => {
    const input = slider();
    if (timer !== null || !input) return stop();
    const end = Number(input.max);
    let from = Number(input.value) >= end ? 0 : Number(input.value);
    put(input, from);
    show(true);
    let began = performance.now();
    const tick = () => {
      const now = slider();
      if (!now) return stop();
      const passed = (performance.now() - began) / data.milliseconds;
      const share = Math.max(0, Math.min(1, passed));
      const to = Math.min(end, Math.floor(from + 1e-9) + 1);
      if (share < 1 && !still) put(now, from + (to - from) * share * share * (3 - 2 * share));
      if (share === 1) {
        put(now, to);
        from = to;
        began = performance.now() + data.milliseconds / 2;
        if (from >= end) return stop();
      }
      timer = setTimeout(tick, still ? 200 : 30);
    };
    timer = setTimeout(tick, 0);
  };
  return stop;
}
"""
MILLISECONDS = 900


def play_button(place: str, *, key: str) -> None:
    """A button that plays the slider of the chart in a container.

    Args:
        place: key of the container that the chart stands in.
        key: of the button.
    """
    mount = st.components.v2.component("play_button", html=_HTML, css=_CSS, js=_JS)
    mount(key=key, data={"place": place, "milliseconds": MILLISECONDS}, height="content")
