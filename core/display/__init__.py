"""From typed values to charts and widgets; never imports torch."""
