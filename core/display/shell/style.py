"""The style sheet of every page: a low header, labels beside their choices, galleries, exports."""

from __future__ import annotations

from core.display import layout, theme

_IMAGE = layout.GALLERY_IMAGE
_MAIN = '[data-testid="stMainBlockContainer"]'
_FRAME = ":is(.st-key-page_title, .st-key-page_frame)"

PAGE_STYLE = f"""<style>
{_MAIN} {{ padding: 0.5rem 2.2rem 4rem; max-width: {layout.PAGE}px; }}
{_MAIN} > [data-testid="stVerticalBlock"] {{ gap: 0.3rem; }}
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] > style) {{ display: none; }}
/* Streamlit's own bar lies over the title: it takes no room and no clicks. */
[data-testid="stHeader"] {{ background: transparent; pointer-events: none; }}
[data-testid="stHeader"] > * {{ pointer-events: auto; }}
[data-testid="stApp"]:has([data-testid="stExpandSidebarButton"]) .st-key-page_title {{
  padding-left: 2.6rem; }}
[data-testid="stSidebarHeader"] {{ height: 2.6rem; min-height: 0; padding-bottom: 0;
  margin-bottom: 0; }}
.st-key-page_title h1 {{ font-size: 1.5rem; padding: 0; white-space: nowrap; }}
.st-key-page_title p {{ font-size: 0.84rem; }}
.st-key-page_title > [data-testid="stElementContainer"]:nth-of-type(2) p {{ opacity: 0.8; }}
{_FRAME} p {{ font-size: 0.84rem; }}
{_FRAME} button, [class*="st-key-choices_"] button {{ min-height: 1.85rem;
  padding: 0.1rem 0.55rem; }}
[class*="st-key-choices_"] :is(button, label) p {{ font-size: 0.84rem; }}
[class*="st-key-choices_"] .stSelectbox [role="group"],
[class*="st-key-choices_"] .stSelectbox > div > div {{ height: 1.9rem; min-height: 0; }}
@media (min-width: 1200px) {{
  {_FRAME} {{ flex-wrap: nowrap; }}
  {_FRAME} > [data-testid="stElementContainer"]:has([data-testid="stMarkdown"]) {{
    flex-shrink: 1; min-width: 0; }}
  .st-key-page_title > [data-testid="stElementContainer"]:last-of-type {{ max-width: 24rem; }}
  {_FRAME} [data-testid="stMarkdownContainer"] p {{ white-space: nowrap; overflow: hidden;
    text-overflow: ellipsis; }}
}}
/* A label stands beside its choice. */
{_MAIN} .stButtonGroup, {_MAIN} .stSelectbox, {_MAIN} .stMultiSelect {{ display: flex;
  flex-direction: row; align-items: center; gap: 0.5rem; }}
{_MAIN} :is(.stButtonGroup, .stSelectbox, .stMultiSelect) > label {{ margin: 0; min-height: 0;
  width: auto; flex: none; white-space: nowrap; }}
{_MAIN} :is(.stSelectbox, .stMultiSelect) > div {{ flex: 1; min-width: 0; }}
[class*="st-key-answers_"] p, [class*="st-key-summary_"] p {{ font-size: 0.86rem;
  line-height: 1.4; }}
/* The title of a chart and its numbers, in a line that wraps. */
p:has(> strong + br + .stMarkdownColoredText) {{ line-height: 1.3; }}
p:has(> strong + br + .stMarkdownColoredText) > br {{ display: none; }}
p > strong + br + .stMarkdownColoredText > span {{ font-size: 0.78rem !important; }}
[class*="st-key-selection_"] > [data-testid="stElementContainer"] {{ min-height: 3.7rem; }}
/* Axes take a pixel more or less with their numbers: the row below stays. */
[class*="st-key-two_lines_metric_"] {{ min-height: 21.8rem; }}
[class*="st-key-two_lines_"] > [data-testid="stElementContainer"]:first-child {{
  min-height: 2.8rem; }}
.st-key-headline [data-testid="stMarkdownContainer"] {{ margin-bottom: 0; }}
.st-key-headline h3 {{ font-size: 1.2rem; padding: 0.1rem 0 0.2rem; line-height: 1.3; }}
.st-key-see_why a {{ background: {theme.ACTION}; border-radius: 6px; padding: 0.25rem 0.9rem; }}
.st-key-see_why a :is(p, span) {{ color: #ffffff !important; font-weight: 600; }}
.st-key-tour_card {{ position: fixed; right: 1.2rem; bottom: 1.2rem; z-index: 1000; width: 22rem;
  max-width: 90vw; padding: 0.9rem 1.1rem; border-radius: 8px; background: Canvas;
  border: 2px solid {theme.ACCENT}; box-shadow: 0 4px 18px rgba(0, 0, 0, 0.25); }}
.st-key-tour_card p {{ font-size: 0.9rem; line-height: 1.4; }}
.st-key-combination_reference label p::first-letter {{ color: {theme.REFERENCE}; }}
.st-key-combination_compared label p::first-letter {{ color: {theme.COMPARED}; }}
[class*="st-key-wide_"] {{ overflow-x: auto; max-width: 100%; }}
.st-key-sql_text textarea {{ font-family: "Source Code Pro", monospace; font-size: 13.5px; }}
.st-key-picked_models {{ min-height: 1.9rem; justify-content: center; }}
[class*="st-key-upright_"] {{ position: absolute; }}
/* 7:1 on either background; Streamlit's own is 4:1. */
[data-testid="stCaptionContainer"] {{ color: inherit; opacity: 0.8; }}
.gallery {{ display: flex; flex-wrap: wrap; gap: 8px 12px; margin: 2px 0 4px; }}
.gallery figure {{ margin: 0; width: {_IMAGE}px; }}
.gallery img, .gallery .tile {{ width: {_IMAGE}px; height: {_IMAGE}px;
  image-rendering: pixelated; border-radius: 6px; border: 1px solid {theme.FRAME};
  display: block; }}
.gallery .tile {{ background: {theme.FRAME}; }}
.gallery figcaption {{ font-size: 12.5px; line-height: 1.35; margin-top: 4px; }}
.gallery .was {{ opacity: 0.75; }}
[class*="st-key-export_"] button, [class*="st-key-finding_"] button {{
  opacity: 0.75; min-height: 1.4rem; padding: 0; }}
[class*="st-key-export_"] {{ margin-top: -0.6rem; }}
[class*="st-key-export_"] p, [class*="st-key-finding_"] p {{ font-size: 0.8rem; }}
[class*="st-key-export_"] button:hover, [class*="st-key-finding_"] button:hover {{ opacity: 1; }}
/* Buttons for a chart's data and full screen stand under it, where they cover no number. */
[data-testid="stFullScreenFrame"]:has([data-testid="stVegaLiteChart"]) {{ position: relative; }}
[data-testid="stFullScreenFrame"]:has([data-testid="stVegaLiteChart"])
  [data-testid="stElementToolbar"] {{
  top: auto !important; bottom: -2.2rem !important; height: fit-content; }}
#vg-tooltip-element {{ max-width: 340px; }}
#vg-tooltip-element img {{ width: {layout.TOOLTIP_IMAGE}px; height: {layout.TOOLTIP_IMAGE}px;
  object-fit: contain; image-rendering: pixelated; border-radius: 4px; }}
</style>"""
