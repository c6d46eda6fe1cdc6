"""How Stripe describes things, in the form of the version that is played (period on the item, parents of invoices)."""

from infra.sandbox.core.state import Json
from infra.sandbox.stripe.state import (
    Account,
    Checkout,
    Customer,
    Endpoint,
    Invoice,
    Portal,
    Price,
    Product,
    Subscription,
)

PORTAL_CONFIGURATION = "bpc_sandbox"


def listed(data: list[Json], url: str, *, has_more: bool = False) -> Json:
    """A page of a list."""
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def customer(it: Customer) -> Json:
    """A customer; one that was deleted says hardly more than that."""
    if it.deleted:
        return {"id": it.id, "object": "customer", "deleted": True}
    return {
        "id": it.id,
        "object": "customer",
        "address": it.address,
        "balance": 0,
        "created": it.created,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": it.email,
        "invoice_prefix": it.id[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": _card(it),
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": it.metadata,
        "name": it.name,
        "phone": None,
        "preferred_locales": it.preferred_locales,
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def product(it: Product) -> Json:
    """A product."""
    return {
        "id": it.id,
        "object": "product",
        "active": it.active,
        "created": it.created,
        "description": it.description,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": it.metadata,
        "name": it.name,
        "tax_code": it.tax_code,
        "type": "service",
        "unit_label": None,
        "updated": it.created,
        "url": None,
    }


def price(it: Price, *, whole_product: Product | None = None) -> Json:
    """A price, with its product where that is asked for."""
    return {
        "id": it.id,
        "object": "price",
        "active": it.active,
        "billing_scheme": "per_unit",
        "created": it.created,
        "currency": it.currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": it.lookup_key,
        "metadata": it.metadata,
        "nickname": None,
        "product": it.product if whole_product is None else product(whole_product),
        "recurring": {
            "interval": it.interval,
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "tax_behavior": it.tax_behavior,
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": it.unit_amount,
        "unit_amount_decimal": str(it.unit_amount),
    }


def _plan(it: Price) -> Json:
    """A price as it was called before."""
    return {
        "id": it.id,
        "object": "plan",
        "active": it.active,
        "amount": it.unit_amount,
        "amount_decimal": str(it.unit_amount),
        "billing_scheme": "per_unit",
        "created": it.created,
        "currency": it.currency,
        "interval": it.interval,
        "interval_count": 1,
        "livemode": False,
        "metadata": it.metadata,
        "meter": None,
        "nickname": None,
        "product": it.product,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def subscription(account: Account, it: Subscription, *, whole_invoice: bool = False) -> Json:
    """A subscription; its period stands on its item."""
    what = account.prices[it.price]
    item = {
        "id": it.item,
        "object": "subscription_item",
        "created": it.created,
        "current_period_end": it.period_end,
        "current_period_start": it.period_start,
        "discounts": [],
        "metadata": {},
        "plan": _plan(what),
        "price": price(what),
        "quantity": it.quantity,
        "subscription": it.id,
        "tax_rates": [],
    }
    why = {"subscription": {"type": it.paused_by}, "transitioned_at": it.paused_at, "type": "subscription"}
    return {
        "id": it.id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": it.automatic_tax, "liability": None},
        "billing_cycle_anchor": it.created,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "billing_schedules": [],
        "cancel_at": it.period_end if it.cancel_at_period_end else None,
        "cancel_at_period_end": it.cancel_at_period_end,
        "canceled_at": it.canceled_at,
        "cancellation_details": {"comment": None, "feedback": None, "reason": it.ended_because},
        "collection_method": "charge_automatically",
        "created": it.created,
        "currency": what.currency,
        "customer": it.customer,
        "days_until_due": None,
        "default_payment_method": None,
        "description": None,
        "discounts": [],
        "ended_at": it.ended_at,
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": listed([item], f"/v1/subscription_items?subscription={it.id}"),
        "latest_invoice": invoice(account.invoices[it.latest_invoice])
        if whole_invoice and it.latest_invoice
        else it.latest_invoice,
        "livemode": False,
        "metadata": it.metadata,
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None if it.collecting else {"behavior": "void", "resumes_at": None},
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": it.created,
        "status": it.status,
        **({"status_details": {"paused": why}} if it.status == "paused" else {}),
        "test_clock": None,
        "trial_end": it.trial_end,
        "trial_settings": {"end_behavior": {"missing_payment_method": it.missing_card}},
        "trial_start": it.trial_start,
    }


def invoice(it: Invoice) -> Json:
    """An invoice; what it is for stands in its parent."""
    paid, due = (it.amount, 0) if it.status == "paid" else (0, it.amount)
    line = {
        "id": f"il_{it.id.removeprefix('in_')}",
        "object": "line_item",
        "amount": it.amount,
        "currency": it.currency,
        "description": f"{it.quantity} x {it.price}",
        "discountable": True,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "period": {"end": it.period_end, "start": it.period_start},
        "quantity": it.quantity,
        "subtotal": it.amount,
    }
    return {
        "id": it.id,
        "object": "invoice",
        "amount_due": it.amount,
        "amount_overpaid": 0,
        "amount_paid": paid,
        "amount_remaining": due,
        "amount_shipping": 0,
        "attempt_count": it.attempts,
        "attempted": it.attempts > 0,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "status": None},
        "billing_reason": it.reason,
        "collection_method": "charge_automatically",
        "created": it.created,
        "currency": it.currency,
        "customer": it.customer,
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "lines": listed([line], f"/v1/invoices/{it.id}/lines"),
        "livemode": False,
        "metadata": {},
        "number": it.number,
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": it.subscription},
        },
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": it.period_start,
        "period_start": it.period_start,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "status": it.status,
        "status_transitions": {
            "finalized_at": it.created,
            "marked_uncollectible_at": None,
            "paid_at": it.paid_at,
            "voided_at": None,
        },
        "subtotal": it.amount,
        "total": it.amount,
    }


def endpoint(it: Endpoint, app_url: str) -> Json:
    """An endpoint of webhooks; its secret was shown once, when it was made."""
    return {
        "id": it.id,
        "object": "webhook_endpoint",
        "api_version": it.api_version,
        "application": None,
        "created": it.created,
        "description": None,
        "enabled_events": it.enabled_events,
        "livemode": False,
        "metadata": {},
        "status": it.status,
        "url": it.url or f"{app_url.rstrip('/')}/webhooks/stripe",
    }


def checkout(account: Account, it: Checkout, public_url: str) -> Json:
    """A session of Checkout; it has an address for as long as it is open."""
    what = account.prices[it.price]
    total = what.unit_amount * it.quantity
    return {
        "id": it.id,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": it.automatic_tax, "liability": None, "provider": None, "status": None},
        "cancel_url": it.cancel_url,
        "client_reference_id": it.client_reference_id,
        "created": it.created,
        "currency": what.currency,
        "custom_fields": [],
        "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
        "customer": it.customer,
        "customer_email": None,
        "expires_at": it.expires_at,
        "invoice": account.subscriptions[it.subscription].latest_invoice if it.subscription else None,
        "livemode": False,
        "metadata": it.metadata,
        "mode": "subscription",
        "payment_intent": None,
        "payment_method_collection": "always" if it.card_required else "if_required",
        "payment_method_types": ["card"],
        "payment_status": it.payment_status,
        "shipping_options": [],
        "status": it.status,
        "subscription": it.subscription,
        "success_url": it.success_url,
        "ui_mode": "hosted_page",
        "url": f"{public_url}/stripe/checkout/{it.id}" if it.status == "open" else None,
    }


def portal(it: Portal, public_url: str) -> Json:
    """A session of the customer portal."""
    after = {"hosted_confirmation": None, "redirect": None, "type": "portal_homepage"}
    return {
        "id": it.id,
        "object": "billing_portal.session",
        "configuration": PORTAL_CONFIGURATION,
        "created": it.created,
        "customer": it.customer,
        "customer_account": None,
        "flow": {"type": it.flow, "after_completion": after} if it.flow else None,
        "livemode": False,
        "locale": None,
        "on_behalf_of": None,
        "return_url": it.return_url,
        "url": f"{public_url}/stripe/portal/{it.secret}",
    }


def _card(it: Customer) -> str | None:
    return None if it.card == "none" else f"pm_{it.id.removeprefix('cus_')}"
