"""The command line, one module a family of commands. What a command needs is imported when it runs, so help is quick."""
