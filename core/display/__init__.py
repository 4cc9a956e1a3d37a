"""Streamlit and Altair: what the pages show."""

# Streamlit imports pandas when it first needs it, and others look for it in sys.modules: where
# sessions begin in the same moment, one would find it half imported. All pages come through here
# first, one thread at a time.
import pandas  # noqa: F401
