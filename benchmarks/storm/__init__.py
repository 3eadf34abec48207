"""What the chaos run is made of: networks to practise on, workers that are killed, and the reckoning afterwards."""
