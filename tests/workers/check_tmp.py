import sys, numpy as np, torch
from test_torch import alone
from problem import PROBLEMS, parts, whole
folder=sys.argv[2]; size=int(sys.argv[1])
found=[dict(np.load(f"{folder}/{r}.npz")) for r in range(size)]
worst=0
for k,problem in enumerate(PROBLEMS):
    for masked in (False,True):
        w=parts(problem,size,masked)
        value,g=alone(problem,{n: whole(problem,[p[n] for p in w]) for n in w[0]})
        for method in ("blocked","dense") if problem.learned=="temperature" else ("",):
            key=f"{k} {masked} {method}"
            e=[max(abs(f[key]-value)/abs(value) for f in found)]
            for n,x in g.items():
                got=[f[f"{key} {n}"] for f in found]
                tog=sum(got) if n==problem.learned else whole(problem,got)
                e.append(np.abs(tog-x).max()/np.abs(x).max())
            worst=max(worst,*e)
            if max(e)>1e-5: print(problem.loss,key,e)
print("worst",worst, found[0]["refused"])
from problem import batch, encoder
import isoloss.torch
w={n: torch.tensor(x.astype(float), requires_grad=True) for n,x in encoder().items()}
for step in range(10):
    x=torch.tensor(batch(step,size).astype(float))
    h=torch.tanh(x@w["0.weight"].T+w["0.bias"])@w["2.weight"].T+w["2.bias"]
    for q,g in zip(w.values(), torch.autograd.grad(isoloss.torch.simcse(h,temperature=.2), list(w.values()))): q.data-=.1*g
for n,q in w.items(): print(n, [float(np.abs(f["trained "+n]-q.detach().numpy()).max()) for f in found], float(np.abs(q.detach().numpy()-encoder()[n]).max()))
