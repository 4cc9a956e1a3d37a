"""The frame of every page: navigation, sidebar, title."""
