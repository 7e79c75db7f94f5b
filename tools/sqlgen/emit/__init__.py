"""Analysed queries -> the text of the generated package. Nothing here reads or writes a file."""
