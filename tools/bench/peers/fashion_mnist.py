#!/usr/bin/python3
"""experiments/fashion-mnist.yaml's network in plain PyTorch, on tensors that are in memory from the start.

Debian's python3-torch and dataset-fashion-mnist. Prints one line of JSON:
    {"images_per_second": of training, median epoch, "accuracy": on the test part}
"""
import argparse
import gzip
import json
import statistics
import time

import numpy as np
import torch

FOLDER = "/usr/share/datasets/fashion-mnist"


def read(name):
    with gzip.open(f"{FOLDER}/{name}") as f:
        data = f.read()
    dims = [int.from_bytes(data[4 * i + 4:4 * i + 8], "big") for i in range(data[3])]
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(dims)


def block(inputs, outputs, kernel, stride):
    return [torch.nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False),
            torch.nn.BatchNorm2d(outputs), torch.nn.ReLU(inplace=True), torch.nn.MaxPool2d(2)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images", type=int, default=60000, help="of the training part")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    to_tensor = lambda a: torch.from_numpy(a.astype(np.float32) / 255).unsqueeze(1).expand(-1, 3, -1, -1).contiguous()
    x, y = to_tensor(read("train-images-idx3-ubyte.gz")), torch.from_numpy(read("train-labels-idx1-ubyte.gz").astype(np.int64))
    x, y = x[:args.images], y[:args.images]
    tx, ty = to_tensor(read("t10k-images-idx3-ubyte.gz")), torch.from_numpy(read("t10k-labels-idx1-ubyte.gz").astype(np.int64))
    net = torch.nn.Sequential(*block(3, 32, 5, 2), *block(32, 64, 3, 1), *block(64, 128, 3, 1),
                              torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(128, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
    steps = (len(x) + 63) // 64
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps * args.epochs)
    loss_of = torch.nn.CrossEntropyLoss()
    rates = []
    for _ in range(args.epochs):
        began = time.perf_counter()
        net.train()
        order = torch.randperm(len(x))
        for i in range(0, len(x), 64):
            rows = order[i:i + 64]
            optimizer.zero_grad()
            loss_of(net(x[rows]), y[rows]).backward()
            optimizer.step()
            schedule.step()
        rates.append(len(x) / (time.perf_counter() - began))
    net.eval()
    with torch.no_grad():
        right = sum((net(tx[i:i + 500]).argmax(1) == ty[i:i + 500]).sum().item() for i in range(0, len(tx), 500))
    print(json.dumps({"images_per_second": statistics.median(rates), "accuracy": right / len(tx)}))


if __name__ == "__main__":
    main()
