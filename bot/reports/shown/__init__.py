"""Figures made ready to be seen: mails with pictures and files, the blocks of Summary, the workbook's copy."""
