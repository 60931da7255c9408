"""Events → deliveries."""
