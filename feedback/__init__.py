"""Anonymous surveys for mentoring and inclusion programmes."""
