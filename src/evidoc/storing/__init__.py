"""The only room that speaks SQL and keeps bytes."""
