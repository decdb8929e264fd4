"""Signing in and out."""

from django.contrib.auth import views
from django.urls import path

app_name = "accounts"
urlpatterns = [
    path(
        "login/",
        views.LoginView.as_view(template_name="accounts/login.html", next_page="/desk/"),
        name="login",
    ),
    path("logout/", views.LogoutView.as_view(next_page="/"), name="logout"),
]
