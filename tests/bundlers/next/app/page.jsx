"use client"
import { useEffect } from "react"
import { showScore } from "../score.js"

export default function Page() {
  useEffect(() => {
    showScore()
  }, [])
  return <output />
}
