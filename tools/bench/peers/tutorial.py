#!/usr/bin/python3
"""The tutorial as a plain PyTorch script: what Youden's run of it is measured against.

Debian's python3-torch, python3-torchvision and python3-opencv. Prints one line of JSON:
    {"seconds": whole training, "epochs": n, "epoch_seconds": median}
Weights are random unless --weights names a .pth: the time is the same.
"""
import argparse
import json
import pathlib
import statistics
import time

import cv2
import numpy as np
import torch
import torchvision
from torchvision import transforms


class Films(torch.utils.data.Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = self.images[i]
        return (self.transform(image) if self.transform else image), self.labels[i]


def load(folder):
    images, labels = [], []
    for label, name in enumerate(sorted(p.name for p in folder.iterdir() if p.is_dir())):
        for path in sorted((folder / name).iterdir()):
            image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            image = cv2.resize(image, (224, 224)).astype(np.float32) / 255
            images.append(torch.from_numpy(image).permute(2, 0, 1).contiguous())
            labels.append(label)
    return images, labels


class Net(torch.nn.Module):
    def __init__(self, weights, unfrozen):
        super().__init__()
        vgg = torchvision.models.vgg16()
        if weights:
            vgg.load_state_dict(torch.load(weights))
        self.features = vgg.features
        for parameter in self.features.parameters():
            parameter.requires_grad = False
        if unfrozen:
            for parameter in self.features[24:].parameters():  # conv5
                parameter.requires_grad = True
        self.head = torch.nn.Sequential(torch.nn.AvgPool2d(4), torch.nn.Flatten(), torch.nn.Linear(512, 64),
                                        torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(64, 2))

    def forward(self, x):
        return self.head(self.features(x))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, help="covid/ and normal/ below it")
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--finetune", action="store_true", help="conv5 trains too, at a lower rate")
    parser.add_argument("--weights")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(42)
    start = time.perf_counter()

    images, labels = load(args.folder)
    order = torch.randperm(len(images)).tolist()
    train = [i for label in (0, 1) for i in [j for j in order if labels[j] == label][:int(0.8 * labels.count(label))]]
    test = [i for i in order if i not in set(train)]
    pick = lambda rows: ([images[i] for i in rows], [labels[i] for i in rows])
    turn = transforms.RandomRotation(15)
    batches = torch.utils.data.DataLoader(Films(*pick(train), turn), batch_size=8, shuffle=True, drop_last=True)
    held_out = torch.utils.data.DataLoader(Films(*pick(test)), batch_size=8)

    net = Net(args.weights, args.finetune)
    optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad],
                                 lr=1e-5 if args.finetune else 1e-3, eps=1e-7)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + 1e-3 / 25 * step))
    loss_of = torch.nn.CrossEntropyLoss()
    epochs = []
    for _ in range(args.epochs):
        began = time.perf_counter()
        net.train()
        for x, y in batches:
            optimizer.zero_grad()
            loss = loss_of(net(x), y)
            loss.backward()
            optimizer.step()
            schedule.step()
        net.eval()
        right = 0
        with torch.no_grad():
            for x, y in held_out:
                right += (net(x).argmax(1) == y).sum().item()
        epochs.append(time.perf_counter() - began)
    print(json.dumps({"seconds": time.perf_counter() - start, "epochs": args.epochs,
                      "epoch_seconds": statistics.median(epochs), "accuracy": right / len(test)}))


if __name__ == "__main__":
    main()
