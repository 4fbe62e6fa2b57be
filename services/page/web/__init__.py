"""The page: who may see and do what, the views, and what people did as recorded facts."""
