import { describe, it } from "vitest"
import { clear, enc, int, range, uint, array, take, constant } from "../../src/frontend/index.ts"
import { build, elementwise, flat, fold, get, reduce, shapeOf } from "./reference.ts"
import { that } from "./support.ts"

describe("smoke", () => {
  it.each([
    that("max", { x: enc(range(-3, 4), [2, 5]) }, ({ x }) => x.max({ axis: 1 }), ({ x }) => reduce(x, [1], false, (v) => Math.max(...v))),
    that("max all", { x: enc(range(-3, 4), [2, 3]) }, ({ x }) => x.max({keepDims:true}), ({ x }) => reduce(x, [0,1], true, (v) => Math.max(...v))),
    that("max 20", { x: enc(range(-3, 4), [20]) }, ({ x }) => x.max(), ({ x }) => reduce(x, [0], false, (v) => Math.max(...v))),
    that("argmax 20", { x: enc(range(-3, 4), [20]) }, ({ x }) => x.argmax(), ({ x }) => reduce(x, [0], false, (v) => v.indexOf(Math.max(...v)))),
    that("argmin", { x: enc(range(-3, 4), [2,3]) }, ({ x }) => x.argmin({axis:0}), ({ x }) => reduce(x, [0], false, (v) => v.indexOf(Math.min(...v)))),
    that("sort", { x: enc(range(-3, 4), [2,4]) }, ({ x }) => x.sort(), ({ x }) => (x as number[][]).map((r) => [...r].sort((a,b)=>a-b))),
    that("clear index", { x: enc(range(-3, 4), [4]), i: clear(range(0,3)) }, ({ x,i }) => x.at(i), ({ x,i }) => get(x,[i as number])),
    that("clear index wrap", { x: enc(range(-3, 4), [4]), i: clear(range(-4,3)) }, ({ x,i }) => x.at(i), ({ x,i }) => get(x,[(i as number)<0?(i as number)+4:i as number])),
    that("clear index wide", { x: enc(range(-3, 4), [4]), i: clear(int(8)) }, ({ x,i }) => x.at(i), ({ x,i }) => get(x,[(i as number)<0?(i as number)+4:i as number]), {samples:[{x:[1,2,3,4],i:2},{x:[1,2,3,4],i:-4}]}),
    that("enc index", { x: enc(range(-3, 4), [4]), i: enc(range(0,3)) }, ({ x,i }) => x.at(i), ({ x,i }) => get(x,[i as number])),
    that("enc index wrap", { x: enc(range(-3, 4), [4,2]), i: enc(range(-4,3),[3]) }, ({ x,i }) => x.take(i,{axis:0}), ({ x,i }) => (i as number[]).map(k=>(x as number[][])[k<0?k+4:k])),
    that("set", { x: enc(range(-3, 4), [4,2]), i: clear(range(0,3)), v: enc(uint(2)) }, ({ x,i,v }) => x.set([i, 1], v), ({ x,i,v }) => build([4,2],([a,b])=>a===i&&b===1?v as number:get(x,[a!,b!]))),
    that("set slice", { x: enc(range(-3, 4), [4,2]), i: enc(range(0,1)), v: enc(uint(2),[2]) }, ({ x,i,v }) => x.set([[1,3], i], v), ({ x,i,v }) => build([4,2],([a,b])=>b===i&&a!>=1&&a!<3?get(v,[a!-1]):get(x,[a!,b!]))),
    that("and", { x: enc(uint(5)), y: enc(uint(4)) }, ({ x,y }) => [x.and(y),x.or(y),x.xor(y),x.not()], ({ x,y }) => [(x as number)&(y as number),(x as number)|(y as number),(x as number)^(y as number),~(x as number)]),
    that("and signed", { x: enc(int(4)), y: enc(int(5)) }, ({ x,y }) => [x.and(y),x.or(y),x.xor(y)], ({ x,y }) => [(x as number)&(y as number),(x as number)|(y as number),(x as number)^(y as number)]),
    that("and mixed", { x: enc(int(4)), y: enc(uint(5)) }, ({ x,y }) => [x.and(y),x.or(y),x.xor(y)], ({ x,y }) => [(x as number)&(y as number),(x as number)|(y as number),(x as number)^(y as number)]),
    that("shr", { x: enc(range(-9,20)), y: enc(range(1,3)) }, ({ x,y }) => [x.shr(y),x.shl(y)], ({ x,y }) => [(x as number)>>(y as number),(x as number)<<(y as number)]),
    that("maxpool", { x: enc(uint(3),[1,1,4,4]) }, ({ x }) => x.maxPool2d([2,2]), ({ x }) => build([1,1,2,2],([n,c,i,j])=>Math.max(...[0,1,2,3].map(k=>get(x,[n!,c!,2*i!+(k>>1),2*j!+(k&1)]))))),
    that("prod", { x: enc(range(-2,2),[5]) }, ({ x }) => x.prod(), ({ x }) => flat(x).reduce((a,b)=>a*b)+0),
    that("array", { x: enc(range(-2,2)), y: clear(uint(2)) }, ({ x, y }) => array([[x,y],[y,7]]), ({ x,y }) => [[x,y],[y,7]]),
    that("lookup clear", { x: enc(range(-2,2),[3]), t: clear(uint(2),[5]) }, ({ x, t }) => x.lookup(t,{offset:-2}), ({ x,t }) => flat(x).map(v=>get(t,[v+2]))),
  ])("%s", (_n, run) => run())
})
void [fold, elementwise, shapeOf, constant, take]
