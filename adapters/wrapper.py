"""What wrappers have in common: an adapter around an adapter."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.spi import Adapter, Lookup, LookupResult, Search, SearchResult


class Wrapper(Adapter):
    """Passes everything on; a wrapper overrides what it changes."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.source = adapter.source
        self.capabilities = adapter.capabilities

    @property
    def kind(self) -> str:  # type: ignore[override]  # an adapter's is of its class, a wrapper's of what it wraps
        return self.adapter.kind

    async def lookup(self, request: Lookup) -> LookupResult:
        return await self.adapter.lookup(request)

    async def search(self, request: Search) -> SearchResult:
        return await self.adapter.search(request)

    async def ping(self) -> None:
        await self.adapter.ping()

    def unmapped(self) -> Mapping[str, int]:
        return self.adapter.unmapped()

    async def there(self, entity: str) -> str:
        return await self.adapter.there(entity)

    async def aclose(self) -> None:
        await self.adapter.aclose()
