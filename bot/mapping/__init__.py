"""Which tabs and columns of an existing workbook are which of the schema's: found, told, and written into the config."""
