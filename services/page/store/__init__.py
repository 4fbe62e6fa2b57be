"""What the page reads: rows fed from the topics, and the queries over them."""
