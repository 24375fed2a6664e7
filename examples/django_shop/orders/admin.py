"""Let operators see orders, and give their money back."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from plexy_pay import PlexyError

from . import payments
from .models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    """Show orders, which nobody edits by hand."""

    list_display = ("id", "title", "price", "state", "note", "created_at")
    list_filter = ("state",)
    actions = ("refund", "allow_again")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse new orders: payers make them."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Order | None = None
    ) -> bool:
        """Refuse to delete orders: money may still come for one, or go back."""
        return False

    def get_readonly_fields(
        self, request: HttpRequest, obj: Order | None = None
    ) -> list[str]:
        """Return all fields."""
        return [field.name for field in Order._meta.fields]

    @admin.action(description="Refund", permissions=["change"])
    def refund(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Give the money of the chosen orders back."""
        for order in queryset:
            try:
                ended = payments.give_back(order)
            except (payments.NotPossibleError, PlexyError) as error:
                messages.error(request, f"{order.id}: nothing went back. {error}")
                continue
            if ended.state == Order.State.GIVEN_BACK:
                messages.success(request, f"{order.id}: the money goes back.")
            else:
                messages.warning(request, f"{order.id}: not known yet. {ended.note}")

    @admin.action(
        description="I have looked: nothing went back", permissions=["change"]
    )
    def allow_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        """Allow a refund of the chosen orders once more."""
        for order in queryset:
            try:
                payments.allow_again(order)
            except payments.NotPossibleError as error:
                messages.error(request, f"{order.id}: {error}")
