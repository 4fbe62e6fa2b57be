"""Cards (社会保障卡): loss, suspension, instant re-issue; never two live cards of one person."""
