"""Standard initialisation of freshly built networks."""

from __future__ import annotations

from torch import nn


def initialise(network: nn.Module) -> None:
    """He initialisation (fan out) of convolutions; batch norm starts as the identity.

    Linear layers keep torch's default, uniform in ±1/sqrt(fan in).
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
