"""Signing in and out."""

from django.contrib.auth import views
from django.urls import path

from accounts.forms import SignInForm

app_name = "accounts"
urlpatterns = [
    path(
        "login/",
        views.LoginView.as_view(
            authentication_form=SignInForm, template_name="accounts/login.html", next_page="/desk/"
        ),
        name="login",
    ),
    path("logout/", views.LogoutView.as_view(next_page="/"), name="logout"),
]
