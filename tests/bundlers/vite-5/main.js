import { showScore } from "./score.js"

showScore()
