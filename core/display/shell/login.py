"""A hosted app's login, by Streamlit's own OpenID Connect, where the administrator asks for one."""

from __future__ import annotations

import os

import streamlit as st


def require_login() -> None:
    """End the script with a button to log in, unless the visitor has, or no login is asked for.

    $PRUNESCOPE_LOGIN=1 asks for one; the provider stands in `.streamlit/secrets.toml`.
    """
    if os.environ.get("PRUNESCOPE_LOGIN", "") in {"", "0"} or st.user.get("is_logged_in", False):
        return
    st.title("Prunescope", anchor=False)
    st.button("Log in", type="primary", icon=":material/login:", on_click=st.login)
    st.stop()
