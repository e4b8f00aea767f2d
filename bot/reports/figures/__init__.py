"""The figures of weeks, months, customers and products. Pandas lives here and nowhere else; nothing is read or sent."""
