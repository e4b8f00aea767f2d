"""What a workbook still lacks to be a good screen, as requests of the Sheets API; `bot.init` sends them.

What is ours, and put back to what it ought to be by every `init`:

    the bot's own columns      number format, no validation rule, long text wrapped, Row ID hidden; judged by the cell
                               below the title
    protections                of titles, of the bot's columns and tabs, of columns that a role fills in: known by their
                               description, beginning with "Order Desk"
    dropdowns                  of people with a role alone: known by their help text
    colour rules               that they are there, over the whole column, in their order: known by what they ask
    Summary                    heading, sides of numbers, hidden columns, looks of rows, charts (known by the cells they
                               are drawn from) and named ranges (by name)
    filter views               range and what they ask: known by their names
    the guide                  text, its looks, gridlines, warning: known by its mark, else by its name and first line
    automations                that each has a row
    every tab of ours          titles, a frozen first row

What is added where it is lacking, and people's from then on, however they change it: the formats, dropdowns, widths and
wrapping of the columns that people fill in, boxes, the shades of colour rules, titles, looks and places of charts, the
looks of titles, the order of tabs, how a view is sorted, how a new tab starts out (its size and lines).

Everything else is people's and never touched: their tabs, columns, formats, rules, colours, filters and views,
protections, charts and names. What of ours they gave another name, description or question is theirs from then on, and
ours is added anew.
"""
