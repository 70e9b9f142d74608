"""The shell of the product: settings, database, the steps in their order, and the command line."""
