"""The pages of the live workbook, one module each: `write(book)` adds the sheets and fills them."""
