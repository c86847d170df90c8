"""Lists as people see them: columns, chips of filters, and the same rows as cells of a file."""
