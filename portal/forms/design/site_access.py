"""Rights of access to a delivered site: what our people may still do in it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import Effect, Opens, PostsEntry
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.queries import access_rights, people, projects, websites

NAMED = ("person", "person_id", "asset", "asset_id", "rights")
REASON = "网站已交付客户：%s"


def withdrawn(record: Filed, project: Any) -> Iterator[Effect]:
    """Ends the rights on the asset that is the site; other rights in the customer's systems are left to be decided.

    An asset is the site when its name or place holds the site's address, or it is called like the project.
    """
    today = day(record.now)
    on_site = websites.site_rights(record["site_address"], project.name, today)
    for right in on_site:
        yield PostsEntry(
            access_rights.LEDGER,
            {
                **{name: right.facts[name] for name in NAMED},
                "kind": "withdraw",
                "granted_on": today.isoformat(),
                "granted_by": people.name_of(record.signer_id),
                "closes": right.facts["key"],
            },
        )
    ended = {right.id for right in on_site}
    customer = record["customer"]
    for right in websites.customer_rights(customer.text, today) if customer else ():
        if right.id not in ended:
            yield Opens(
                "IS-03",
                {
                    "person": Ref(right.facts["person_id"], right.facts["person"]),
                    "request_kind": "withdraw",
                    "asset": Ref(right.facts["asset_id"], right.facts["asset"]),
                    "rights": right.facts["rights"],
                    "customer_site": customer,
                    "reason": REASON % record["site_address"],
                },
                to=projects.holder(project, "programmer"),
            )
