"""Finished pictures as files: a page and a workbook, which do not know each other."""
