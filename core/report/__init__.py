"""A study as one page to read, send and print: without Streamlit, a browser or the network."""
