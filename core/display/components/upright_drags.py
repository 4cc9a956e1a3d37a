"""Drags that go straight up or down, which charts with a two-sided brush would not notice."""

from __future__ import annotations

import streamlit as st

_HTML = "<span hidden></span>"
# Vega drops a brush that has no width. A pointer that moved straight up is therefore said to
# stand one pixel further to the right, before Vega hears of it.
_JS = """
export default function ({ data }) {
  const inside = (target) => target.closest && target.closest(`[class*="st-key-${data.chart}"]`);
  let start = null;
  const down = (event) => { start = inside(event.target) ? event.clientX : null; };
  const up = () => { start = null; };
  const move = (event) => {
    if (start === null || !event.isTrusted || event.clientX !== start) return;
    event.stopImmediatePropagation();
    const { clientX, clientY, pointerId, pointerType, buttons, button } = event;
    event.target.dispatchEvent(new event.constructor(event.type, {
      bubbles: true, cancelable: true, composed: true, view: window, clientX: clientX + 1, clientY,
      pointerId, pointerType, isPrimary: true, buttons, button,
    }));
  };
  const heard = [["pointerdown", down], ["mousedown", down], ["pointerup", up], ["mouseup", up],
                 ["pointermove", move], ["mousemove", move]];
  for (const [name, listener] of heard) window.addEventListener(name, listener, true);
  return () => { for (const [name, listener] of heard)
    window.removeEventListener(name, listener, true); };
}
"""


def upright_drags(chart: str) -> None:
    """Let straight drags over a chart count.

    Args:
        chart: what the key of the chart's element starts with.
    """
    mount = st.components.v2.component("upright_drags", html=_HTML, js=_JS)
    mount(key=f"upright_{chart}", data={"chart": chart}, height="content")
