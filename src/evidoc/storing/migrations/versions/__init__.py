"""The migrations, oldest first by name. One that was released is never changed; the next one mends it."""
