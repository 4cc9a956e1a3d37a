"""Confidence: reliability, calibration error, risk and coverage."""
