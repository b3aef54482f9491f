export default { optimizeDeps: { exclude: ["lutra"] } }
