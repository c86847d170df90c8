"""The reports themselves: numbers read, put into tables with links, ready for a page, a file or a program."""
