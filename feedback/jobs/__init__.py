"""The job engine's door: what runs when. Facts lie in the database; jobs only say what to look at again."""
