"""What a facilitator decides on drafts: held, claimed, pointed out, approved, released, handed over."""
