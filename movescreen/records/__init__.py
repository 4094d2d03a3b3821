"""Clients, visits and plans, kept in a database of the user's own."""

from movescreen.records.entries import Client, SavedPlan
from movescreen.records.store import RecordStore, open_store, records_exist

__all__ = ["Client", "RecordStore", "SavedPlan", "open_store", "records_exist"]
