"""Labour-capacity appraisal (劳动能力鉴定): from application to a drawn panel with a date."""
