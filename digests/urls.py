"""Addresses of the pages on which a digest is asked for, confirmed and left."""

from django.urls import path

from digests import views

urlpatterns = [
    path("", views.ask, name="digest"),
    path("asked/", views.asked, name="digest-asked"),
    path("confirm/<str:token>/", views.confirm, name="digest-confirm"),
    path("leave/<str:token>/", views.leave, name="digest-leave"),
]
