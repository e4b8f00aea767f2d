"""What a workbook still lacks to be a good screen, as requests of the Sheets API; `bot.init` sends them."""
